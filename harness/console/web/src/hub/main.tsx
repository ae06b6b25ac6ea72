// The hub's page: who one is, the drills of one's teams, and the next one.

import { QueryClientProvider } from "@tanstack/react-query";
import { createRoot } from "react-dom/client";
import { queries } from "@/api/queries";
import { HubApp } from "./HubApp";
import "@/styles/tokens.css";
import "@/styles/app.css";
import "@/styles/views.css";
import "@/styles/team.css";

const box = document.getElementById("app");
if (!box) throw new Error("hub.html has no #app");
createRoot(box).render(
  <QueryClientProvider client={queries}>
    <HubApp />
  </QueryClientProvider>,
);
