// The postmortem: drafted from the record, then written by people, several at once if need be.

import { useDrill } from "@/api/useLive";
import { usePoll } from "@/api/usePoll";
import { Paper } from "./Paper";
import { Review } from "./Review";

export default function Postmortem() {
  const { status } = useDrill();
  const { data: choices } = usePoll("/v1/choices");
  return (
    <>
      <Paper drillId={status.drill_id} />
      {choices && (
        <>
          <h2 className="v-row">Lessons learned</h2>
          <Review choices={choices} />
        </>
      )}
    </>
  );
}
