// React and htm come as globals from vendor/; everything else imports them from here.

export const html = htm.bind(React.createElement);
export const { useCallback, useEffect, useRef, useState, useSyncExternalStore } = React;

export function mount(element, root) {
  ReactDOM.createRoot(root).render(element);
}
