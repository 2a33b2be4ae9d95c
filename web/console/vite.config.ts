import { reactPage } from "../vite.shared.ts";

export default reactPage("console");
