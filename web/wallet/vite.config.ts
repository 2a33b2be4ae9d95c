import { preactPage } from "../vite.shared.ts";

export default preactPage("wallet");
