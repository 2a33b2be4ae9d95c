"""Commands for the people of the desk: who works here, and a way in for them."""

from __future__ import annotations

import click

from walletdesk.app.cli import alone
from walletdesk.app.context import Context
from walletdesk.kit import clock, db
from walletdesk.kit.ids import AgentId, new_id
from walletdesk.people import actions, queries
from walletdesk.people.model import Agent


@click.group()
def staff() -> None:
    """Add people to the desk and let them in.

    \b
    Example: walletdesk staff add mei@example.org --name 李梅 --role agent
    """


@staff.command("add")
@click.argument("email")
@click.option("--name", required=True, help="Name that customers see.")
@click.option(
    "--role",
    "roles",
    multiple=True,
    type=click.Choice(["agent", "supervisor", "compliance", "engineer"]),
    default=("agent",),
    help="May be given several times.",
)
@click.option("--skill", "skills", multiple=True, default=("general",), help="May be given several times.")
@click.option("--lang", type=click.Choice(["zh", "en"]), default="zh")
def add(email: str, name: str, roles: tuple[str, ...], skills: tuple[str, ...], lang: str) -> None:
    """Add somebody, or bring him up to date, and print a one-time sign-in link.

    \b
    Example: walletdesk staff add bo@example.org --name Bo --role supervisor
    """

    async def work(context: Context) -> str:
        now = clock.now()
        agent = Agent(AgentId(new_id()), email.lower(), name, list(roles), list(skills), lang, 2)
        async with db.transaction(context.pool) as tx:
            await queries.insert_agent(tx, agent, password_hash=None, now=now)
            row = await queries.lock_credentials(tx, agent.email)
            person_id = row.id if row else agent.id
            secret = await actions.make_link(tx, door="staff", person_id=person_id, now=now)
        return f"{context.settings.base_url}/sign-in/{secret}"

    click.echo(alone.run(work))


@staff.command("password")
@click.argument("email")
@click.password_option(help="At least fifteen characters.")
def password(email: str, password: str) -> None:
    """Give somebody a password.

    \b
    Example: walletdesk staff password bo@example.org
    """

    async def work(context: Context) -> None:
        async with db.transaction(context.pool) as tx:
            row = await queries.lock_credentials(tx, email.lower())
            agent_id = AgentId(row.id) if row else AgentId(new_id())
            await actions.set_password(tx, agent_id, password, now=clock.now())

    alone.run(work)
    click.echo("done")


COMMANDS = [staff]
