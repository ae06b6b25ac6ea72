import { useState } from "react";
import { usePoll } from "@/api/usePoll";
import { Empty } from "./Empty";
import { ErrorNote } from "./ErrorNote";
import { Loading } from "./Loading";
import { Markdown } from "./Markdown";

/** What to do about an alert, to be unfolded; fetched with the first look. */
export function Runbook({ alert }: { alert: string }) {
  const [isOpen, setOpen] = useState(false);
  const { data, error } = usePoll(isOpen ? "/v1/runbooks" : null);
  const found = data?.find((one) => one.alert === alert);
  return (
    <details className="runbook" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        Runbook<span className="unseen"> of {alert}</span>
      </summary>
      <ErrorNote error={error} />
      {isOpen && !data && !error && <Loading />}
      {data && !found && <Empty>Nobody wrote one.</Empty>}
      {found && <Markdown text={found.text} />}
    </details>
  );
}
