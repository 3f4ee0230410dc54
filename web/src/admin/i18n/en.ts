import { faults } from './en-faults';
import type { Key } from './vi';

/** Every text of the console in English. */
export const en: Readonly<Record<Key, string>> = {
  ...faults,

  'app.name': 'Giaoban',
  'app.otherLanguage': 'Tiếng Việt',
  'app.theme': 'Look',
  'app.theme.dark': 'Dark',
  'app.theme.light': 'Light',
  'app.theme.contrast': 'High contrast',
  'app.close': 'Close',
  'app.cancel': 'Cancel',
  'app.retry': 'Try again',
  'app.reload': 'Reload the page',
  'app.code': 'Code: {code}',
  'app.messages': 'Messages',
  'app.loading': 'Opening…',
  'app.skip': 'To the main content',
  'app.places': 'Pages of administration',
  'app.missing': 'There is no such page',
  'app.unreachable': 'The gateway cannot be reached',
  'app.outdated': 'The gateway has just been updated. Reload the page to use the new version.',

  'signIn.title': 'Sign in',
  'signIn.login': 'Name',
  'signIn.password': 'Password',
  'signIn.code': 'One-time code',
  'signIn.codeHint': 'The six digits that your authenticator app shows.',
  'signIn.submit': 'Sign in',
  'signIn.busy': 'Signing in…',
  'signIn.wait': 'Too many failures. Try again in {seconds} seconds.',
  'signIn.lost': 'Password forgotten or device lost: ask the administrator above you for a new link.',

  'password.show': 'Show',
  'password.again': 'Password again',
  'password.differs': 'The two passwords differ.',
  'password.old': 'Present password',
  'password.new': 'New password',

  'activate.first': 'First administrator',
  'activate.title': 'Set up your account',
  'activate.text': 'This link is good once. Choose a name to sign in with, and a password.',
  'activate.loginHint': 'At least 3 characters: letters without marks, digits and . _ - @.',
  'activate.passwordHint':
    'At least 12 characters. A sentence that is easy to remember and hard to guess is best; not your name.',
  'activate.submit': 'Set and sign in',

  'codes.title': 'One-time codes',
  'codes.why':
    'Beside the password, each sign-in then needs a code from an authenticator app on your telephone.',
  'codes.scan': 'Scan this picture with an authenticator app, or type the key into it.',
  'codes.qr': 'QR code with the key of the one-time codes',
  'codes.secret': 'Key:',
  'codes.code': 'Code that the app shows now',
  'codes.submit': 'Use one-time codes',
  'codes.later': 'Later',
  'codes.begin': 'Set up one-time codes…',
  'codes.done': 'From now on signing in needs a one-time code.',

  'account.title': 'My account',
  'account.password': 'Change the password',
  'account.setPassword': 'Change the password',
  'account.passwordSet': 'The password was changed.',
  'account.othersEnd': 'All other places where you are signed in are then signed out.',
  'account.sessions': 'Sessions',
  'account.sessionsHint': 'A session ends by itself after 2 hours without use, or 12 hours after signing in.',
  'account.signOut': 'Sign out',
  'account.signOutEverywhere': 'Sign out everywhere',
  'account.everywhereText': 'Every browser signed in with this account, this one too, is signed out at once.',
};
