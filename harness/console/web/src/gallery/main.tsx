// Every component in every state, for whoever works on them: `npm run dev`, then /static/gallery.html.
// No part of the build, which begins at index.html alone.

import { createRoot } from "react-dom/client";
import "uplot/dist/uPlot.min.css";
import "@/styles/tokens.css";
import "@/styles/app.css";
import "@/styles/views.css";
import "@/styles/team.css";
import { useTheme } from "@/app/useTheme";
import { Button } from "@/components/Button";
import { Toast } from "@/components/Toast";
import { Charts } from "./Charts";
import { Inputs } from "./Inputs";
import { Said } from "./Said";
import { Tokens } from "./Tokens";

function Gallery() {
  const [theme, nextTheme] = useTheme();
  return (
    <main className="view">
      <div className="v-bar">
        <h1>Components</h1>
        <Button onClick={nextTheme}>Theme: {theme}</Button>
      </div>
      <div className="v-page">
        <Tokens />
        <Said />
        <Inputs />
        <Charts />
      </div>
      <Toast />
    </main>
  );
}

const box = document.getElementById("app");
if (box) createRoot(box).render(<Gallery />);
