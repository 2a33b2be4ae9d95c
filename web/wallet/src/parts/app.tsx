import { prefs } from "@walletdesk/parts/prefs";
import { useStore } from "@walletdesk/parts/store";
import { TextsContext, textsOf } from "@walletdesk/parts/texts";

import { place, type Route } from "../lib/route.ts";
import { session } from "../lib/session.ts";
import { useTexts } from "../lib/texts.ts";
import { whoAmI } from "../lib/wallet.ts";
import { Bills } from "../screens/bills.tsx";
import { Home } from "../screens/home.tsx";
import { SignIn } from "../screens/sign-in.tsx";
import { lazy } from "./lazy.tsx";
import { Problem, Skeleton } from "./states.tsx";

const Demo = lazy("Demo");
const Me = lazy("Me");
const Move = lazy("Move");
const Result = lazy("Result");
const Transaction = lazy("Transaction");

function Screen({ route }: { route: Route }) {
  switch (route.name) {
    case "bills":
      return <Bills />;
    case "pay":
    case "transfer":
    case "top_up":
      return <Move kind={route.name} key={route.name} />;
    case "me":
      return <Me />;
    case "demo":
      return <Demo />;
    case "transaction":
      return <Transaction id={route.id} key={route.id} />;
    case "result":
      return <Result id={route.id} key={route.id} />;
    default:
      return <Home />;
  }
}

function Body() {
  const { t } = useTexts();
  const now = useStore(session, (one) => one.now);
  const route = useStore(place, (one) => one.route);
  if (now.is === "in") return <Screen route={route} />;
  if (now.is === "out") return <SignIn ended={now.ended} />;
  return (
    <main class="alone" aria-label={t("title")}>
      {now.is === "failed" ? <Problem error={null} retry={() => void whoAmI()} /> : <Skeleton />}
    </main>
  );
}

export function App() {
  const lang = useStore(prefs, (now) => now.lang);
  return (
    <TextsContext.Provider value={textsOf(lang)}>
      <Body />
    </TextsContext.Provider>
  );
}
