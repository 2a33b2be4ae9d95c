/** E-mail and password. A one-time link signs in by itself and never shows this page. */
import { useState, type FormEvent } from "react";
import { Alert, Button, Input } from "antd";
import { prefs, setPrefs } from "../app/prefs";
import { errorText } from "../app/toasts";
import { signIn } from "../live/session";
import { useStore } from "../live/store";
import { useT } from "../texts";

export default function SignIn({ why }: { why: "never" | "expired" | "left" }) {
  const t = useT();
  const lang = useStore(prefs, (now) => now.lang);
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const [running, setRunning] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setRunning(true);
    setError(null);
    try {
      await signIn(email.trim(), password);
    } catch (refused) {
      setError(errorText(refused));
      setPassword("");
    } finally {
      setRunning(false);
    }
  };
  return (
    <main className="gate sign-in">
      <h1>
        walletdesk <span className="quiet">{t("app.console")}</span>
      </h1>
      {why !== "never" && !error && <Alert type="info" title={t(`sign_in.${why}`)} />}
      {error && <Alert type="error" title={error} role="alert" />}
      <form onSubmit={(event) => void submit(event)}>
        <label htmlFor="email">{t("sign_in.email")}</label>
        <Input
          id="email"
          type="email"
          autoComplete="username"
          required
          autoFocus
          value={email}
          onChange={(event) => setEmail(event.target.value)}
        />
        <label htmlFor="password">{t("sign_in.password")}</label>
        <Input.Password
          id="password"
          autoComplete="current-password"
          required
          value={password}
          onChange={(event) => setPassword(event.target.value)}
        />
        <Button type="primary" htmlType="submit" loading={running} block>
          {t("sign_in.go")}
        </Button>
      </form>
      <p className="quiet">{t("sign_in.link")}</p>
      <button type="button" className="link" lang={lang === "zh" ? "en" : "zh-CN"} onClick={() => setPrefs({ lang: lang === "zh" ? "en" : "zh" })}>
        {lang === "zh" ? "English" : "中文"}
      </button>
    </main>
  );
}
