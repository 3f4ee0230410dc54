import type { ComponentChildren } from 'preact';
import { useId, useLayoutEffect, useRef } from 'preact/hooks';
import { Icon } from './icon';

/** A native modal dialog. The browser holds the focus inside and gives it back afterwards. */
export function Modal(props: {
  readonly title: string;
  readonly onClose: () => void;
  /** The name of a button that closes it; without one there is none. */
  readonly closeLabel?: string;
  readonly wide?: boolean;
  readonly children: ComponentChildren;
}) {
  const element = useRef<HTMLDialogElement>(null);
  const title = useId();
  // Opened with its first drawing, not a frame later: what is typed in between would be lost when the focus comes.
  useLayoutEffect(() => {
    const dialog = element.current;
    dialog?.showModal();
    return () => dialog?.close();
  }, []);
  return (
    <dialog
      ref={element}
      class={props.wide === true ? 'modal wide' : 'modal'}
      aria-labelledby={title}
      onClose={props.onClose}
    >
      <header class="modal-head">
        <h2 id={title}>{props.title}</h2>
        {props.closeLabel !== undefined && (
          <button
            type="button"
            class="quiet square"
            aria-label={props.closeLabel}
            onClick={() => element.current?.close()}
          >
            <Icon name="close" />
          </button>
        )}
      </header>
      {props.children}
    </dialog>
  );
}

/** Asks before something that cannot be taken back. The safe answer has the focus. */
export function Confirmation(props: {
  readonly title: string;
  readonly text: string;
  readonly safe: string;
  readonly danger: string;
  readonly onClose: () => void;
  readonly onConfirm: () => void;
}) {
  const close = (event: MouseEvent): void => {
    (event.currentTarget as HTMLElement).closest('dialog')?.close();
  };
  return (
    <Modal title={props.title} onClose={props.onClose}>
      <p>{props.text}</p>
      <div class="modal-actions">
        <button type="button" autofocus onClick={close}>
          {props.safe}
        </button>
        <button
          type="button"
          class="danger"
          onClick={(event) => {
            close(event);
            props.onConfirm();
          }}
        >
          {props.danger}
        </button>
      </div>
    </Modal>
  );
}
