// One panel over the whole screen, with its own choice of time; Escape leads back.

import { X } from "lucide-react";
import { useSyncExternalStore } from "react";
import type { DrawnPanel } from "@/api/dashboards";
import { Picker } from "@/charts/TimePicker";
import type { ShownTime } from "@/charts/useTime";
import { fixed } from "@/charts/useTime";
import { Dialog } from "@/components/Dialog";
import type { AddressParams } from "@/lib/address";
import type { Mark } from "@/lib/moments";
import { Shown } from "./Panel";

/** What stands above and below the panel's body. */
const AROUND_PX = 150;
const BODY_MIN_PX = 200;

function onResize(changed: () => void): () => void {
  addEventListener("resize", changed);
  return () => removeEventListener("resize", changed);
}

export function FullPanel({
  panel,
  time,
  set,
  service,
  marks,
  onService,
}: {
  panel: DrawnPanel;
  time: ShownTime;
  set: (changes: AddressParams) => void;
  service: string;
  marks: readonly Mark[];
  onService: (name: string) => void;
}) {
  const heightPx = useSyncExternalStore(onResize, () => innerHeight) - AROUND_PX;
  const { begin, end } = time;
  const close = () => set({ panel: "" });
  return (
    <Dialog label={panel.title} close={close} className="v-full">
      <div className="v-bar">
        <Picker time={time} set={set} />
        <button type="button" className="button" onClick={close} title="Back (Escape)">
          <X className="icon" aria-hidden="true" /> Close
        </button>
      </div>
      <Shown
        panel={panel}
        time={{ begin, end, service }}
        marks={marks}
        sync=""
        isSeen
        heightPx={Math.max(BODY_MIN_PX, heightPx)}
        onZoom={(from, to) => set(fixed(from, to))}
        onService={onService}
      />
    </Dialog>
  );
}
