import { useEffect } from 'preact/hooks';
import { Icon } from '../../ui/icon';
import type { ApiFault } from '../api';
import { type Key, t, vi } from '../i18n';
import { messages } from '../messages';

/** The key of a code, or of what is said of one that this page does not know yet. */
function known(code: string): Key {
  const key = `fault.${code}`;
  return key in vi ? (key as Key) : 'fault.internal';
}

/** The sentence of a code. */
export function faultText(fault: ApiFault): string {
  return t(known(fault.code) as 'fault.internal');
}

/** The next step after a code. */
export function faultNext(fault: ApiFault): string {
  return t(`${known(fault.code)}.next` as 'fault.internal.next');
}

/** What went wrong, what to do, and the code for whoever asks for help. It is said once. */
export function Fault({ fault }: { readonly fault: ApiFault | null }) {
  useEffect(() => {
    if (fault !== null) messages.sayNow(`${faultText(fault)} ${faultNext(fault)}`);
  }, [fault]);
  if (fault === null) return null;
  return (
    <div class="fault">
      <Icon name="warning" />
      <div>
        <p>
          <strong>{faultText(fault)}</strong> {faultNext(fault)}
        </p>
        <p class="code">{t('app.code', { code: fault.code })}</p>
      </div>
    </div>
  );
}
