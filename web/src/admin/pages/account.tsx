import { useSignal } from '@preact/signals';
import { Confirmation } from '../../ui/modal';
import { call } from '../api';
import { t } from '../i18n';
import { messages } from '../messages';
import { signOut } from '../session';
import { useTask } from '../task';
import { CodesForm } from '../ui/codes';
import { Fault } from '../ui/fault';
import { PasswordField } from '../ui/field';
import { Heading } from '../ui/page';

function PasswordForm() {
  const old = useSignal('');
  const fresh = useSignal('');
  const again = useSignal('');
  const task = useTask();
  const differs = again.value !== '' && again.value !== fresh.value;
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (again.value !== fresh.value) return;
    const body = { old: old.value, new: fresh.value };
    const done = await task.run(() => call('PUT /api/v1/account/password', { body }).then(() => undefined));
    if (!done) return;
    for (const field of [old, fresh, again]) field.value = '';
    messages.show({ kind: 'info', text: t('account.passwordSet') });
  };
  return (
    <form class="form" onSubmit={(event) => void submit(event)}>
      <PasswordField label={t('password.old')} value={old} autocomplete="current-password" />
      <PasswordField
        label={t('password.new')}
        hint={t('activate.passwordHint')}
        value={fresh}
        autocomplete="new-password"
      />
      <PasswordField label={t('password.again')} value={again} autocomplete="new-password" />
      {differs && <p class="fault">{t('password.differs')}</p>}
      <Fault fault={task.fault.value} />
      <button type="submit" class="primary" disabled={task.busy.value || differs}>
        {t('account.setPassword')}
      </button>
    </form>
  );
}

function Codes() {
  const open = useSignal(false);
  if (!open.value) {
    return (
      <button
        type="button"
        onClick={() => {
          open.value = true;
        }}
      >
        {t('codes.begin')}
      </button>
    );
  }
  return (
    <CodesForm
      password={null}
      onDone={() => {
        open.value = false;
        messages.show({ kind: 'info', text: t('codes.done') });
      }}
    />
  );
}

/** One's own account: password, one-time codes, signing out. */
export function Account() {
  const asked = useSignal(false);
  const task = useTask();
  return (
    <>
      <Heading text={t('account.title')} />
      <div class="cards">
        <section class="card">
          <h2>{t('account.password')}</h2>
          <p class="hint">{t('account.othersEnd')}</p>
          <PasswordForm />
        </section>
        <section class="card">
          <h2>{t('codes.title')}</h2>
          <p class="hint">{t('codes.why')}</p>
          <Codes />
        </section>
        <section class="card">
          <h2>{t('account.sessions')}</h2>
          <p class="hint">{t('account.sessionsHint')}</p>
          <div class="actions">
            <button type="button" onClick={() => void task.run(() => signOut(false))}>
              {t('account.signOut')}
            </button>
            <button
              type="button"
              class="danger"
              onClick={() => {
                asked.value = true;
              }}
            >
              {t('account.signOutEverywhere')}
            </button>
          </div>
          <Fault fault={task.fault.value} />
        </section>
      </div>
      {asked.value && (
        <Confirmation
          title={t('account.signOutEverywhere')}
          text={t('account.everywhereText')}
          safe={t('app.cancel')}
          danger={t('account.signOutEverywhere')}
          onClose={() => {
            asked.value = false;
          }}
          onConfirm={() => void task.run(() => signOut(true))}
        />
      )}
    </>
  );
}
