// How a call is heard outside this page: a sound, and a notification of the browser. Each is off until
// somebody switches it on.

const SOUND = "call-by-sound";
const NOTICE = "call-by-notification";
const TONES_HZ = [880, 660];
const TONE_S = 0.18;
const LOUDNESS = 0.2;

let speaker: AudioContext | null = null;

export const alarm = {
  get sound(): boolean {
    return localStorage.getItem(SOUND) === "on";
  },
  set sound(on: boolean) {
    localStorage.setItem(SOUND, on ? "on" : "off");
  },
  get notice(): boolean {
    return localStorage.getItem(NOTICE) === "on" && alarm.allowed === "granted";
  },
  /** What the browser says of notifications; `none` where it has them not. */
  get allowed(): NotificationPermission | "none" {
    return "Notification" in window ? Notification.permission : "none";
  },
  /** Asks the browser where it was never asked; tells whether notifications come now. */
  async setNotice(on: boolean): Promise<boolean> {
    if (on && alarm.allowed === "default") await Notification.requestPermission();
    localStorage.setItem(NOTICE, on ? "on" : "off");
    return alarm.notice;
  },
};

/** Two short tones, where sound is on. Browsers let a page sound once somebody has clicked in it. */
export function ring() {
  if (!alarm.sound) return;
  speaker ??= new AudioContext();
  const { currentTime: now, destination } = speaker;
  for (const [index, hz] of TONES_HZ.entries()) {
    const [tone, volume] = [speaker.createOscillator(), speaker.createGain()];
    const begin = now + index * TONE_S;
    tone.frequency.value = hz;
    volume.gain.setValueAtTime(LOUDNESS, begin);
    volume.gain.exponentialRampToValueAtTime(0.001, begin + TONE_S);
    tone.connect(volume).connect(destination);
    tone.start(begin);
    tone.stop(begin + TONE_S);
  }
  void speaker.resume();
}

/** By the browser, where that is on and the page is not looked at anyway. */
export function notify(title: string, body: string, tag: string) {
  if (!alarm.notice || (document.visibilityState === "visible" && document.hasFocus())) return;
  const shown = new Notification(`3AM: ${title}`, { body, tag });
  shown.addEventListener("click", () => {
    window.focus();
    shown.close();
  });
}
