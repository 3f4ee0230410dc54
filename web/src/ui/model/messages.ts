/** Short messages at the edge of the page, and what the two live regions say. */
import { type ReadonlySignal, signal } from '@preact/signals';

/** A message on the screen. */
export interface Toast {
  readonly id: number;
  readonly kind: 'info' | 'error';
  /** What it is about: a newer message about the same takes its place. The text itself where it is not given. */
  readonly topic?: string;
  readonly text: string;
  /** The next step. */
  readonly action?: string;
  /** The stable code, for whoever asks for help. */
  readonly code?: string;
}

/** Most messages on the screen; an older one makes place. */
const TOASTS_MAX = 3;
/** How long a message stays, in milliseconds: an error longer, since it has to be read twice. */
const STAY = { info: 6_000, error: 15_000 } as const;
/** How long sums are gathered before they are said, in milliseconds. */
const POLITE_PAUSE = 2_000;

/** The messages of one page. */
export class Messages {
  readonly #toasts = signal<readonly Toast[]>([]);
  readonly #polite = signal('');
  readonly #assertive = signal('');
  readonly #timers = new Set<ReturnType<typeof setTimeout>>();
  #gathered: (() => string)[] = [];
  #last = 0;

  /** The messages on the screen, oldest first. */
  readonly toasts: ReadonlySignal<readonly Toast[]> = this.#toasts;
  /** What is said when there is time. */
  readonly polite: ReadonlySignal<string> = this.#polite;
  /** What is said at once. */
  readonly assertive: ReadonlySignal<string> = this.#assertive;

  /** Shows a message and says it at once. */
  show(toast: Omit<Toast, 'id'>): void {
    this.#last += 1;
    const shown = { ...toast, id: this.#last };
    const topicOf = (one: Omit<Toast, 'id'>): string => one.topic ?? one.text;
    const others = this.#toasts.value.filter((other) => topicOf(other) !== topicOf(toast));
    this.#toasts.value = [...others, shown].slice(-TOASTS_MAX);
    this.sayNow([toast.text, toast.action ?? ''].join(' ').trim());
    this.#later(STAY[toast.kind], () => this.dismiss(shown.id));
  }

  /** Takes a message away. */
  dismiss(id: number): void {
    this.#toasts.value = this.#toasts.value.filter((toast) => toast.id !== id);
  }

  /** Interrupts with `text`. */
  sayNow(text: string): void {
    this.#assertive.value = text;
  }

  /** Says `text` together with what else comes within two seconds. A function is asked only then. */
  say(text: () => string): void {
    this.#gathered.push(text);
    if (this.#gathered.length > 1) return;
    this.#later(POLITE_PAUSE, () => {
      const said = this.#gathered.map((part) => part()).filter((part) => part !== '');
      this.#gathered = [];
      if (said.length > 0) this.#polite.value = said.join('. ');
    });
  }

  /** Stops every timer. */
  dispose(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
  }

  #later(delay: number, action: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      action();
    }, delay);
    this.#timers.add(timer);
  }
}
