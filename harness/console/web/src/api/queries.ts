// What was asked of the API and what it answered: one cache for the whole tab.

import { keepPreviousData, QueryClient } from "@tanstack/react-query";
import type { DrillRecord, RecordType } from "./records";

export const queries = new QueryClient({
  defaultOptions: {
    queries: {
      // The drill is on this machine: it is there without any network, too.
      networkMode: "always",
      // What failed is told at once; what is asked every few seconds is asked again anyway.
      retry: false,
      // In an outage an answer of a minute ago is none: what nobody looks at is asked anew.
      gcTime: 0,
      staleTime: 0,
      refetchOnWindowFocus: false,
      refetchOnReconnect: false,
      refetchIntervalInBackground: true,
      // Another search, another range: what is shown stays until the answer is there.
      placeholderData: keepPreviousData,
    },
  },
});

/** Answers that are others once such a record is there. */
const CHANGED_BY: Partial<Record<RecordType, readonly string[]>> = {
  // Asked of the services themselves, so only when something may have changed them.
  "flag.switched": ["/v1/flags"],
  "deploy.succeeded": ["/v1/flags"],
  "deploy.failed": ["/v1/flags"],
  "inject.delivered": ["/v1/instructor/plan", "/v1/messages"],
  "person.messaged": ["/v1/messages"],
  "diagnosis.declared": ["/v1/answer"],
  "update.posted": ["/v1/updates", "/api/v2/summary.json"],
  "incident.declared": ["/api/v2/summary.json"],
};

/** Asks again for what this record changed, where somebody looks at it. */
export function askAgain({ type }: DrillRecord) {
  for (const path of CHANGED_BY[type] ?? []) {
    void queries.invalidateQueries({ queryKey: [path] });
  }
}
