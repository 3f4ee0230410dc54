import { useSignal } from '@preact/signals';
import { useMemo } from 'preact/hooks';
import { ApiFault, call } from '../api';
import { t } from '../i18n';
import { go, path } from '../route';
import { signIn } from '../session';
import { useTask } from '../task';
import { CodesForm } from '../ui/codes';
import { Fault } from '../ui/fault';
import { Field, PasswordField } from '../ui/field';
import { Door } from '../ui/page';

/** The secret of the link that was opened. It leaves the address at once, and so the browser's history. */
function takeSecret(): string {
  const secret = location.hash.slice(1);
  if (secret !== '') history.replaceState(null, '', location.pathname);
  return secret;
}

/** Name and password, set by a one-time link; then one-time codes, for who wants them. */
export function Activate() {
  const secret = useMemo(takeSecret, []);
  const login = useSignal('');
  const password = useSignal('');
  const again = useSignal('');
  const isSet = useSignal(false);
  const task = useTask();
  const title = path.value === '/admin/first' ? t('activate.first') : t('activate.title');
  if (isSet.value) {
    return (
      <Door title={t('codes.title')}>
        <p>{t('codes.why')}</p>
        <CodesForm password={password.value} onDone={() => go('/admin')} />
        <button type="button" onClick={() => go('/admin')}>
          {t('codes.later')}
        </button>
      </Door>
    );
  }
  if (secret === '') {
    return (
      <Door title={title}>
        <Fault fault={new ApiFault('link_invalid', '')} />
      </Door>
    );
  }
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (again.value !== password.value) return;
    const body = { secret: secret, login: login.value, password: password.value };
    const done = await task.run(async () => {
      await call('POST /api/v1/account/activate', { body });
      await signIn(login.value, password.value, null);
    });
    if (done) isSet.value = true;
  };
  const differs = again.value !== '' && again.value !== password.value;
  return (
    <Door title={title}>
      <p>{t('activate.text')}</p>
      <form class="form" onSubmit={(event) => void submit(event)}>
        <Field
          label={t('signIn.login')}
          hint={t('activate.loginHint')}
          value={login}
          name="login"
          autocomplete="username"
          maxLength={64}
          required
        />
        <PasswordField
          label={t('signIn.password')}
          hint={t('activate.passwordHint')}
          value={password}
          autocomplete="new-password"
        />
        <PasswordField label={t('password.again')} value={again} autocomplete="new-password" />
        {differs && <p class="fault">{t('password.differs')}</p>}
        <Fault fault={task.fault.value} />
        <button type="submit" class="primary" disabled={task.busy.value || differs}>
          {t('activate.submit')}
        </button>
      </form>
    </Door>
  );
}
