"""What is done with payments, by subject: paying, undoing, shops."""

from walletdesk.wallet.reference.payments.actions.books import merchant_of
from walletdesk.wallet.reference.payments.actions.paying import (
    conclude,
    pay,
    prepare,
    refresh_shown,
    show_unanswered,
)
from walletdesk.wallet.reference.payments.actions.shops import (
    add_merchants,
    notice_of,
    record_notice,
    record_shop_answer,
    set_merchant_state,
    settle,
    stop_notices,
)
from walletdesk.wallet.reference.payments.actions.undoing import refund_closed_order, reverse, void_hold

__all__ = [
    "add_merchants",
    "conclude",
    "merchant_of",
    "notice_of",
    "pay",
    "prepare",
    "record_notice",
    "record_shop_answer",
    "refresh_shown",
    "refund_closed_order",
    "reverse",
    "set_merchant_state",
    "settle",
    "show_unanswered",
    "stop_notices",
    "void_hold",
]
