import { render } from 'preact';
import { startLanguage } from './i18n';
import { createRoom } from './state/room-client';
import './styles/index.css';
import { App } from './ui/app';
import { loadPreferences } from './ui/model/preferences';
import { RoomView } from './ui/model/view';

startLanguage();
const preferences = loadPreferences();
const room = createRoom();
const view = new RoomView(room);
const root = document.getElementById('app');
// What stands there is for browsers that cannot read this script.
root?.replaceChildren();
if (root !== null) render(<App scope={{ room, view, preferences }} />, root);
void room.open();
