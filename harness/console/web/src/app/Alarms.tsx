// Switches for how one is called. Fetched when somebody opens it.

import { useState } from "react";
import { Button } from "@/components/Button";
import { Dialog } from "@/components/Dialog";
import { alarm, ring } from "./alarm";

const WHY = {
  none: "This browser has no notifications.",
  denied: "This browser was told to refuse them for this page; its settings can change that.",
  default: "The browser will ask whether it may.",
  granted: "They come while this page is out of sight.",
};

export default function Alarms({ close }: { close: () => void }) {
  const [sound, setSound] = useState(alarm.sound);
  const [notice, setNotice] = useState(alarm.notice);
  const { allowed } = alarm;
  return (
    <Dialog label="How you are called" close={close}>
      <h2>How you are called</h2>
      <p className="muted">
        A page, a message, a hint, a new phase, a confirmed cause and the answer are shown in a
        banner until you have seen them.
      </p>
      <p>
        <label>
          <input
            type="checkbox"
            checked={sound}
            onChange={(event) => {
              alarm.sound = event.currentTarget.checked;
              setSound(alarm.sound);
              ring();
            }}
          />{" "}
          And by a sound
        </label>
      </p>
      <p>
        <label>
          <input
            type="checkbox"
            checked={notice}
            disabled={allowed === "none" || allowed === "denied"}
            onChange={(event) => void alarm.setNotice(event.currentTarget.checked).then(setNotice)}
          />{" "}
          And by a notification of the browser
        </label>
        <br />
        <span className="muted">{WHY[allowed]}</span>
      </p>
      <Button onClick={close}>Close</Button>
    </Dialog>
  );
}
