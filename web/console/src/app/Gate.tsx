/** Lets in who is signed in for the desk; everybody else sees why not and what to do. */
import { lazy, Suspense, type ReactNode } from "react";
import { Button } from "antd";
import { askWhoIAm, leave, session } from "../live/session";
import { useStore } from "../live/store";
import { useT } from "../texts";
import { errorText } from "./toasts";
import { Loading } from "../ui/states";
import { Desk } from "./Desk";

const SignIn = lazy(() => import("../signin/SignIn"));

function Message({ title, text, label, act }: { title: string; text: string; label: string; act: () => void }) {
  return (
    <main className="gate">
      <h1>{title}</h1>
      <p role="alert">{text}</p>
      <Button type="primary" onClick={act}>
        {label}
      </Button>
    </main>
  );
}

export function Gate({ children }: { children: ReactNode }) {
  const t = useT();
  const now = useStore(session, (one) => one);
  switch (now.is) {
    case "in":
      return (
        <>
          <Desk />
          {children}
        </>
      );
    case "out":
      return (
        <Suspense fallback={<Loading />}>
          <SignIn why={now.why} />
        </Suspense>
      );
    case "forbidden":
      return (
        <Message
          title={t("gate.forbidden")}
          text={t("gate.forbidden_text", now.me.name)}
          label={t("action.sign_out")}
          act={() => void leave()}
        />
      );
    case "unreachable":
      return (
        <Message title={t("gate.unreachable")} text={errorText(now.error)} label={t("retry")} act={() => void askWhoIAm()} />
      );
    default:
      return <Loading lines={4} />;
  }
}
