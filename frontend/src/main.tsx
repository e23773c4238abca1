import { QueryClientProvider } from "@tanstack/react-query";
import { createRoot } from "react-dom/client";
import { askAhead, queries } from "./api/queries";
import { App } from "./App";
import { startWords } from "./i18n";
import "./state/desk"; // reads the link before anything is drawn
import { applySettings, useSettings } from "./state/settings";
import "./ui/page.css";

startWords(useSettings.getState().lang);
applySettings();
askAhead(useSettings.getState().theme);
createRoot(document.getElementById("root")!).render(
  <QueryClientProvider client={queries}>
    <App />
  </QueryClientProvider>,
);
