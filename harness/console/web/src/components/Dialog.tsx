import type { ReactNode } from "react";
import { Dialog as AriaDialog, Modal, ModalOverlay } from "react-aria-components";

/** A window over the page, which has the keyboard until it is closed. Comes with its first use. */
export function Dialog({
  label,
  close,
  className = "",
  children,
}: {
  label: string;
  close: () => void;
  className?: string;
  children: ReactNode;
}) {
  return (
    <ModalOverlay
      isOpen
      isDismissable
      onOpenChange={(isOpen) => !isOpen && close()}
      className="backdrop"
    >
      <Modal className={`modal ${className}`}>
        <AriaDialog aria-label={label}>{children}</AriaDialog>
      </Modal>
    </ModalOverlay>
  );
}
