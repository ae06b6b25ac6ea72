// The console: connects to the drill of this tab's key, and shows it.

import { QueryClientProvider } from "@tanstack/react-query";
import { createRoot } from "react-dom/client";
import { connect, live } from "@/api/live";
import { askAgain, queries } from "@/api/queries";
import { App } from "@/app/App";
import "uplot/dist/uPlot.min.css";
import "@/styles/tokens.css";
import "@/styles/app.css";
import "@/styles/views.css";
import "@/styles/team.css";
import "@/styles/deck.css";
import "@/features/review/review.css";

const box = document.getElementById("app");
if (!box) throw new Error("index.html has no #app");
live.eventListeners.add(askAgain);
void connect();
createRoot(box).render(
  <QueryClientProvider client={queries}>
    <App />
  </QueryClientProvider>,
);
