/** A small window above all other programs: the stage, the microphone and the way out (Document Picture-in-Picture). */
import { effect, useSignal } from '@preact/signals';
import { render } from 'preact';
import { t } from '../i18n';
import { type Scope, ScopeContext, useScope } from './context';
import { Stage } from './stage';
import { ClassificationBanner } from './status';
import { MicrophoneTool, Tool } from './tools';

/** The browser's own entry; not in every browser. */
interface Entry {
  requestWindow(size: { width: number; height: number }): Promise<Window>;
}

/** First size of the window, in CSS pixels, and the height in it that the picture has. */
const SIZE = { width: 400, height: 330 };
const PICTURE_HEIGHT = 225;

function entry(): Entry | undefined {
  return (window as { documentPictureInPicture?: Entry }).documentPictureInPicture;
}

/** Whether this browser has such windows. */
export function canFloat(): boolean {
  return entry() !== undefined;
}

/** The microphone and the way out, which asks first. */
function Tools() {
  const { room } = useScope();
  const asking = useSignal(false);
  const ask = (on: boolean) => () => {
    asking.value = on;
  };
  if (!asking.value) {
    return (
      <>
        <MicrophoneTool />
        <Tool
          id="leave"
          icon="leave"
          text={t('bar.leave')}
          tone="danger"
          hint={t('bar.leaveHint')}
          onClick={ask(true)}
        />
      </>
    );
  }
  return (
    <>
      <Tool id="stay" icon="previous" text={t('leave.stay')} hint={t('leave.stay')} onClick={ask(false)} />
      <Tool
        id="leave-now"
        icon="leave"
        text={t('leave.confirm')}
        tone="danger"
        hint={t('bar.leaveHint')}
        onClick={() => room.leave()}
      />
    </>
  );
}

function Miniature() {
  const { view } = useScope();
  return (
    <div class="miniature">
      <ClassificationBanner />
      <main class="pictures" data-tall="false" data-outage={view.outage.value}>
        <Stage />
      </main>
      <nav class="toolbar" aria-label={t('bar.label')}>
        <Tools />
      </nav>
    </div>
  );
}

/** The same look as the page's. */
function dress(target: Document): void {
  target.documentElement.lang = document.documentElement.lang;
  target.documentElement.dataset.theme = document.documentElement.dataset.theme;
  target.title = document.title;
  for (const sheet of document.head.querySelectorAll('link[rel="stylesheet"], style')) {
    target.head.append(target.importNode(sheet, true));
  }
}

/** Opens the window, or closes the one that is open; it ends with the room. */
export async function toggleMiniature(scope: Scope): Promise<void> {
  const { room, view } = scope;
  if (view.miniature.peek() !== null) {
    view.miniature.peek()?.close();
    return;
  }
  // A browser that refuses leaves everything as it is.
  const small = await entry()
    ?.requestWindow(SIZE)
    .catch(() => undefined);
  if (small === undefined) return;
  dress(small.document);
  const root = small.document.body.appendChild(small.document.createElement('div'));
  root.id = 'app';
  render(
    <ScopeContext.Provider value={scope}>
      <Miniature />
    </ScopeContext.Provider>,
    root,
  );
  view.openMiniature({ height: PICTURE_HEIGHT, close: () => small.close() });
  const end = effect(() => {
    const { name } = room.phase.value;
    if (name !== 'live' && name !== 'recovering') small.close();
  });
  small.addEventListener('pagehide', () => {
    end();
    render(null, root);
    view.openMiniature(null);
  });
}
