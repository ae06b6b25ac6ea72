// How the console is built into `../static`, which is committed: a newcomer needs no Node.
//
// The server answers `index.html` at `/` and every other file of that folder under `/static/`
// (harness/api/static_files.py). Its pages may hold no script and no style of their own
// (harness/api/headers.py), so nothing here may write one into them.

import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

/** Where `npm run dev` finds a drill; `drill open` prints the link that it runs behind. */
const DRILL = process.env.DRILL_API ?? "http://127.0.0.1:8900";
const ASKED_OF_THE_DRILL = ["/v1", "/api/v2", "/status"];

export default defineConfig({
  base: "/static/",
  plugins: [react()],
  resolve: { alias: { "@": new URL("./src", import.meta.url).pathname } },
  build: {
    outDir: process.env.CONSOLE_OUT ?? "../static",
    emptyOutDir: true,
    target: "es2023",
    // What others wrote, and under which terms: the help of the console links to it.
    license: { fileName: "licenses.txt" },
    modulePreload: { polyfill: false },
    // A file of its own each, never data in an address: the policy of the pages stays as it is.
    assetsInlineLimit: 0,
    rolldownOptions: {
      // The console of a drill, and the page of a hub.
      input: ["index.html", "hub.html"],
      output: {
        // What changes seldom apart from what changes often: fewer bytes in each commit.
        codeSplitting: {
          groups: [
            { name: "react", test: /node_modules\/(react|react-dom|scheduler)\// },
            { name: "query", test: /node_modules\/@tanstack\/(react-query|query-core)\// },
            {
              name: "aria",
              test: /node_modules\/(react-aria|react-stately|react-aria-components|@internationalized)\//,
            },
            { name: "uplot", test: /node_modules\/uplot\/.*\.js$/ },
          ],
        },
      },
    },
  },
  server: {
    proxy: Object.fromEntries(
      ASKED_OF_THE_DRILL.map((path) => [
        path,
        // The API hears nobody but itself: neither another host nor another origin.
        { target: DRILL, changeOrigin: true, headers: { Origin: DRILL } },
      ]),
    ),
  },
  test: { include: ["src/**/*.test.{ts,tsx}"] },
});
