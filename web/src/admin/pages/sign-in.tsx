import { useSignal, useSignalEffect } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { ApiFault } from '../api';
import { t } from '../i18n';
import { messages } from '../messages';
import { query } from '../route';
import { goBack, session, signIn } from '../session';
import { useTask } from '../task';
import { Fault } from '../ui/fault';
import { Field, PasswordField } from '../ui/field';
import { Door } from '../ui/page';

/** How many seconds are left, counted down; `null` when nothing is waited for. */
function useWait(fault: ApiFault | null): number | null {
  const left = useSignal<number | null>(null);
  useEffect(() => {
    const wait = fault?.code === 'wait' ? fault.wait : null;
    left.value = wait;
    if (wait === null) return;
    const over = Date.now() + wait * 1000;
    messages.sayNow(t('signIn.wait', { seconds: wait }));
    const timer = setInterval(() => {
      const seconds = Math.ceil((over - Date.now()) / 1000);
      left.value = seconds > 0 ? seconds : null;
      if (seconds <= 0) clearInterval(timer);
    }, 500);
    return () => clearInterval(timer);
  }, [fault]);
  return left.value;
}

/** The name, the password and, where one is asked for, a one-time code. */
export function SignIn() {
  const login = useSignal('');
  const password = useSignal('');
  const code = useSignal('');
  const needsCode = useSignal(false);
  const task = useTask();
  const fault = task.fault.value;
  const wait = useWait(fault);
  const form = useRef<HTMLFormElement>(null);
  useSignalEffect(() => {
    if (session.value.name === 'somebody') goBack(query.peek().get('return'));
  });
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    await task.run(async () => {
      try {
        await signIn(login.value, password.value, needsCode.value ? code.value : null);
      } catch (error) {
        if (!(error instanceof ApiFault) || error.code !== 'code_needed') throw error;
        needsCode.value = true;
      }
    });
  };
  useEffect(() => {
    if (needsCode.value) form.current?.querySelector<HTMLInputElement>('[name=code]')?.focus();
  }, [needsCode.value]);
  return (
    <Door title={t('signIn.title')}>
      <form ref={form} class="form" onSubmit={(event) => void submit(event)}>
        <Field label={t('signIn.login')} value={login} name="login" autocomplete="username" required />
        <PasswordField label={t('signIn.password')} value={password} autocomplete="current-password" />
        {needsCode.value && (
          <Field
            label={t('signIn.code')}
            hint={t('signIn.codeHint')}
            value={code}
            name="code"
            autocomplete="one-time-code"
            inputMode="numeric"
            maxLength={6}
            required
          />
        )}
        {wait === null ? <Fault fault={fault?.code === 'wait' ? null : fault} /> : null}
        {wait !== null && <p class="fault">{t('signIn.wait', { seconds: wait })}</p>}
        <button type="submit" class="primary" disabled={task.busy.value || wait !== null}>
          {task.busy.value ? t('signIn.busy') : t('signIn.submit')}
        </button>
      </form>
      <p class="hint">{t('signIn.lost')}</p>
    </Door>
  );
}
