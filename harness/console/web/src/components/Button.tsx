import type { ComponentProps } from "react";

type ButtonProps = Omit<ComponentProps<"button">, "className" | "onClick"> & {
  kind?: string;
  busy?: boolean;
  /** Without the event: what is done takes arguments of its own. */
  onClick?: () => unknown;
};

export function Button({
  onClick,
  kind = "",
  busy = false,
  type = "button",
  disabled,
  ...rest
}: ButtonProps) {
  return (
    <button
      {...rest}
      type={type}
      className={`button ${kind}`}
      onClick={onClick && (() => void onClick())}
      aria-busy={busy}
      disabled={busy || disabled}
    />
  );
}
