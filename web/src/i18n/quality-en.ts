import type { vi } from './quality-vi';

/** Texts of the quality of all sites, in English. */
export const en: Readonly<Record<keyof typeof vi, string>> = {
  title: 'Quality of the connections',
  sum: '{bad} bad · {weak} weak · {good} good',
  'grade.good': 'good',
  'grade.weak': 'weak',
  'grade.bad': 'bad',
  'grade.unknown': 'measuring',
  up: 'From the site',
  down: 'To the site',
  link: '{rate} · {loss} lost · jitter {jitter}\u00a0ms',
  rtt: 'round trip {rtt}\u00a0ms',
  fps: '{fps}\u00a0frames/s',
  freezes: 'froze {count} times',
  'path.udp': 'UDP',
  'path.tcp': 'TCP',
  'path.relay': 'through a relay',
  'trouble.camera': 'camera not working',
  'trouble.microphone': 'microphone not working',
  'trouble.both': 'camera and microphone not working',
  'cause.no_media':
    'Sound and picture do not pass. Call the site: reload the page, look at the network cable.',
  'cause.loss_up': 'What the site sends is lost. Ask it to use a cable and to stop other transfers.',
  'cause.loss_down':
    'What the site receives is lost. Ask it to use a cable and a layout with fewer pictures.',
  'cause.delay': 'The way is long or congested: speakers must wait for each other. Have the line looked at.',
  'cause.jitter': 'Packets come unevenly. Ask the site to change from Wi-Fi to a cable.',
  'cause.freezes':
    'Pictures freeze though the line is fine: the computer does not keep up. Ask the site to close other programs or choose a layout with fewer pictures.',
  'cause.device':
    'A device does not work. Ask the site to look at cables and permissions of camera and microphone.',
};
