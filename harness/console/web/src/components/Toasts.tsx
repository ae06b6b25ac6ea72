import { X } from "lucide-react";
import {
  Button,
  Text,
  UNSTABLE_Toast as AriaToast,
  UNSTABLE_ToastQueue as ToastQueue,
  UNSTABLE_ToastRegion as ToastRegion,
} from "react-aria-components";

const SHOWN_MS = 5000;
const SHOWN = 3;

const queue = new ToastQueue<{ text: string; kind: string }>({ maxVisibleToasts: SHOWN });

export function say(text: string, kind: string) {
  queue.add({ text, kind }, { timeout: SHOWN_MS });
}

/** They wait while a pointer or the keyboard is on them; F6 leads there. */
export default function Toasts() {
  return (
    <ToastRegion queue={queue} className="toasts">
      {({ toast }) => (
        <AriaToast toast={toast} className={`toast ${toast.content.kind}`}>
          {/* What went well interrupts nobody who hears the page. */}
          <div role={toast.content.kind === "bad" ? "alert" : "status"} aria-atomic>
            <Text slot="title">{toast.content.text}</Text>
          </div>
          <Button slot="close" aria-label="Close">
            <X className="icon" aria-hidden="true" />
          </Button>
        </AriaToast>
      )}
    </ToastRegion>
  );
}
