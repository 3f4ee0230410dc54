/** Draws the page that the address asks for over a fake room. Not part of the product. */
import { render } from 'preact';
import { chooseLanguage, startLanguage } from '../../src/i18n';
import type { Classification, DeviceState, RoomErrorCode } from '../../src/state/room';
import '../../src/styles/index.css';
import { App } from '../../src/ui/app';
import { loadPreferences, THEMES } from '../../src/ui/model/preferences';
import { type Layout, RoomView } from '../../src/ui/model/view';
import { fakeRoom } from './fake-room';

const asked = new URLSearchParams(location.search);
const has = (name: string): boolean => asked.has(name);
const problem = asked.get('camera');
const camera: DeviceState =
  problem === null
    ? { name: 'on', deviceId: 'c1', label: '', width: 1280, height: 720 }
    : { name: 'failed', problem: problem as 'denied' };

startLanguage();
chooseLanguage(asked.get('lang') === 'en' ? 'en' : 'vi');
const preferences = loadPreferences();
const showTheme = (name: string | null): void => {
  const theme = THEMES.find((one) => one === name);
  if (theme !== undefined) preferences.theme.value = theme;
};
showTheme(asked.get('theme'));
const room = fakeRoom({
  page: asked.get('page') ?? 'room',
  sites: Number(asked.get('sites') ?? 3),
  role: asked.get('role') === 'chair' ? 'chair' : asked.get('role') === 'deputy' ? 'deputy' : 'site',
  acting: has('acting'),
  linkEnds: has('ends') ? Date.now() + Number(asked.get('ends')) * 1000 : null,
  error: asked.get('error') as RoomErrorCode | null,
  classification: (asked.get('level') ?? 'confidential') as Classification,
  lost: Number(asked.get('lost') ?? 0),
  silent: has('silent'),
  pinned: has('pinned'),
  sharing: has('sharing'),
  muted: has('muted'),
  quiet: has('quiet'),
  camera,
  soundBlocked: has('blocked'),
  line: asked.get('line') ?? undefined,
  door: Number(asked.get('door') ?? 0),
});
const view = new RoomView(room);
view.layout.value = (asked.get('layout') ?? 'stage') as Layout;
const dialog = asked.get('dialog');
if (dialog === 'remove') view.open({ name: 'remove', member: 3 });
else if (dialog !== null) view.open({ name: dialog as 'help' });
const root = document.getElementById('app');
if (root !== null) render(<App scope={{ room, view, preferences }} />, root);

/** For whoever drives the page. */
Object.assign(window, { preview: { others: room.others, showTheme, chooseLanguage } });
