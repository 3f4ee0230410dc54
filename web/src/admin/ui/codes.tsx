import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { FreshCodes } from '../../gen/api';
import { call } from '../api';
import { t } from '../i18n';
import { useTask } from '../task';
import { Fault } from './fault';
import { Field, PasswordField } from './field';
import { QrCode } from './qr';

/** Groups of four, so that the secret can be typed off the page. */
const grouped = (secret: string): string => secret.replace(/(.{4})(?=.)/g, '$1 ');

/** One-time codes: a secret goes into an app, and a code from it proves that it arrived. */
export function CodesForm(props: {
  /** The password, where it was just given; it is asked for otherwise. */
  readonly password: string | null;
  readonly onDone: () => void;
}) {
  const fresh = useSignal<FreshCodes | null>(null);
  const password = useSignal(props.password ?? '');
  const code = useSignal('');
  const task = useTask();
  useEffect(() => {
    void task.run(async () => {
      fresh.value = (await call('POST /api/v1/account/codes', {})).value;
    });
  }, []);
  const secret = fresh.value;
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (secret === null) return;
    const body = { password: password.value, secret: secret.secret, code: code.value.trim() };
    const done = await task.run(() => call('PUT /api/v1/account/codes', { body }).then(() => undefined));
    if (done) props.onDone();
  };
  return (
    <form class="form" onSubmit={(event) => void submit(event)}>
      {secret !== null && (
        <div class="codes">
          <QrCode text={secret.uri} label={t('codes.qr')} />
          <div>
            <p>{t('codes.scan')}</p>
            <p>
              {t('codes.secret')} <code class="secret">{grouped(secret.secret)}</code>
            </p>
          </div>
        </div>
      )}
      {props.password === null && (
        <PasswordField label={t('signIn.password')} value={password} autocomplete="current-password" />
      )}
      <Field
        label={t('codes.code')}
        value={code}
        name="code"
        autocomplete="one-time-code"
        inputMode="numeric"
        maxLength={6}
        required
      />
      <Fault fault={task.fault.value} />
      <button type="submit" class="primary" disabled={task.busy.value || secret === null}>
        {t('codes.submit')}
      </button>
    </form>
  );
}
