import { render } from 'preact';
import { startLanguage } from '../i18n/language';
import { loadPreferences } from '../ui/model/preferences';
import { App } from './app';
import { askWho } from './session';
import './styles/index.css';

startLanguage();
const preferences = loadPreferences();
const root = document.getElementById('app');
// What stands there is for browsers that cannot read this script.
root?.replaceChildren();
if (root !== null) render(<App theme={preferences.theme} />, root);
void askWho();
