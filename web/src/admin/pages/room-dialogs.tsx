import { useSignal } from '@preact/signals';
import { useId } from 'preact/hooks';
import type { RoleWord, RoomLink, RoomView, TemplateView } from '../../gen/api';
import { Confirmation, Modal } from '../../ui/modal';
import { call } from '../api';
import { t } from '../i18n';
import { messages } from '../messages';
import { useLoad, useTask } from '../task';
import { Fault } from '../ui/fault';
import { Field, Select } from '../ui/field';
import { fill, RulesForm, rulesOf, useRules } from './rules';

interface Closable {
  readonly onClose: () => void;
  readonly onDone: () => void;
}

/** A new room, as a template has it or by hand; or another rule for one that stands. */
export function RoomDialog(
  props: Closable & { readonly room: RoomView | null; readonly templates: readonly TemplateView[] },
) {
  const { room } = props;
  const id = useId();
  const fields = useRules(room?.rules ?? null);
  const closing = useSignal(false);
  const task = useTask();
  const finish = (text: string): void => {
    messages.show({ kind: 'info', text });
    props.onDone();
    props.onClose();
  };
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    const body = rulesOf(fields);
    const done = await task.run(async () => {
      if (room === null) await call('POST /api/v1/rooms', { body });
      else await call('PUT /api/v1/rooms/{room}', { path: { room: room.id }, body, seen: room.revision });
    });
    if (done) finish(room === null ? t('rooms.created') : t('rooms.changed'));
  };
  const close = async (): Promise<void> => {
    if (room === null) return;
    const done = await task.run(async () => {
      await call('POST /api/v1/rooms/{room}/close', { path: { room: room.id }, seen: room.revision });
    });
    if (done) finish(t('rooms.closedNow'));
  };
  const title = room === null ? t('rooms.create') : (room.rules?.title ?? t('rooms.title'));
  return (
    <Modal title={title} closeLabel={t('app.close')} wide onClose={props.onClose}>
      <form class="form wide" onSubmit={(event) => void submit(event)}>
        {room === null && props.templates.length > 0 && (
          <div class="field">
            <label for={id}>{t('rooms.fromTemplate')}</label>
            <select
              id={id}
              onChange={(event) => {
                const chosen = props.templates.find((one) => String(one.id) === event.currentTarget.value);
                if (chosen !== undefined) fill(fields, chosen.rules);
              }}
            >
              <option value="">{t('rooms.byHand')}</option>
              {props.templates.map((template) => (
                <option key={template.id} value={String(template.id)}>
                  {template.name}
                </option>
              ))}
            </select>
          </div>
        )}
        <RulesForm fields={fields} />
        <Fault fault={task.fault.value} />
        <div class="modal-actions">
          {room !== null && (
            <button
              type="button"
              class="danger"
              onClick={() => {
                closing.value = true;
              }}
            >
              {t('rooms.close')}
            </button>
          )}
          <button type="submit" class="primary" disabled={task.busy.value}>
            {room === null ? t('rooms.create') : t('people.save')}
          </button>
        </div>
      </form>
      {closing.value && (
        <Confirmation
          title={t('rooms.close')}
          text={t('rooms.closeText', { name: room?.rules?.title ?? '' })}
          safe={t('app.cancel')}
          danger={t('rooms.close')}
          onClose={() => {
            closing.value = false;
          }}
          onConfirm={() => void close()}
        />
      )}
    </Modal>
  );
}

/** A new template, or another rule for one that is there. */
export function TemplateDialog(props: Closable & { readonly template: TemplateView | null }) {
  const { template } = props;
  const name = useSignal(template?.name ?? '');
  const fields = useRules(template?.rules ?? null);
  const task = useTask();
  const finish = (text: string): void => {
    messages.show({ kind: 'info', text });
    props.onDone();
    props.onClose();
  };
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    const body = { name: name.value, rules: rulesOf(fields) };
    const done = await task.run(async () => {
      if (template === null) await call('POST /api/v1/templates', { body });
      else {
        const path = { template: template.id };
        await call('PUT /api/v1/templates/{template}', { path, body, seen: template.revision });
      }
    });
    if (done) finish(template === null ? t('templates.created') : t('templates.changed'));
  };
  const retire = async (): Promise<void> => {
    if (template === null) return;
    const done = await task.run(async () => {
      const path = { template: template.id };
      await call('DELETE /api/v1/templates/{template}', { path, seen: template.revision });
    });
    if (done) finish(t('templates.retired'));
  };
  return (
    <Modal
      title={template === null ? t('templates.create') : template.name}
      closeLabel={t('app.close')}
      wide
      onClose={props.onClose}
    >
      <form class="form wide" onSubmit={(event) => void submit(event)}>
        <Field label={t('templates.name')} value={name} maxLength={200} required />
        <RulesForm fields={fields} />
        <Fault fault={task.fault.value} />
        <div class="modal-actions">
          {template !== null && (
            <button type="button" onClick={() => void retire()}>
              {t('templates.retire')}
            </button>
          )}
          <button type="submit" class="primary" disabled={task.busy.value}>
            {template === null ? t('templates.create') : t('people.save')}
          </button>
        </div>
      </form>
    </Modal>
  );
}

/** Links into a room, for sites whose computer signs nobody in. */
export function RoomLinks({ room, onClose }: { readonly room: RoomView; readonly onClose: () => void }) {
  const links = useSignal<readonly RoomLink[]>([]);
  const made = useSignal<string | null>(null);
  const ending = useSignal<RoomLink | null>(null);
  const name = useSignal('');
  const role = useSignal<string>('site');
  const round = useSignal(0);
  const task = useTask();
  const path = { room: room.id };
  const list = useLoad(
    async (signal) => {
      links.value = (await call('GET /api/v1/rooms/{room}/links', { path, signal })).value;
    },
    [round.value],
  );
  const create = async (event: Event): Promise<void> => {
    event.preventDefault();
    const body = { name: name.value, role: role.value as RoleWord };
    const done = await task.run(async () => {
      made.value = (await call('POST /api/v1/rooms/{room}/links', { path, body })).value.url;
    });
    if (!done) return;
    name.value = '';
    round.value += 1;
  };
  const end = async (link: RoomLink): Promise<void> => {
    await task.run(async () => {
      await call('DELETE /api/v1/rooms/{room}/links/{link}', { path: { room: room.id, link: link.id } });
    });
    round.value += 1;
  };
  const doomed = ending.value;
  return (
    <Modal
      title={t('rooms.linksOf', { name: room.rules?.title ?? '' })}
      closeLabel={t('app.close')}
      wide
      onClose={onClose}
    >
      <form class="form wide" onSubmit={(event) => void create(event)}>
        <p class="hint">{t('rooms.linksHint')}</p>
        <div class="pair">
          <Field label={t('rooms.site')} value={name} maxLength={100} required autofocus />
          <Select label={t('rooms.role')} value={role}>
            <option value="site">{t('rooms.role.site')}</option>
            <option value="deputy">{t('rooms.role.deputy')}</option>
            <option value="chair">{t('rooms.role.chair')}</option>
          </Select>
        </div>
        <button type="submit" class="primary" disabled={task.busy.value}>
          {t('rooms.makeLink')}
        </button>
        {made.value !== null && (
          <label class="field">
            <span class="label">{t('rooms.linkMade')}</span>
            <input readOnly value={made.value} onFocus={(event) => event.currentTarget.select()} />
          </label>
        )}
        <Fault fault={list.fault.value ?? task.fault.value} />
        <ul class="places-of">
          {links.value.map((link) => (
            <li key={link.id}>
              <span>
                {link.id} · {link.name} · {t(`rooms.role.${link.role}`)}
              </span>
              <button
                type="button"
                aria-label={t('rooms.endLinkOf', { name: link.name })}
                onClick={() => {
                  ending.value = link;
                }}
              >
                {t('rooms.endLink')}
              </button>
            </li>
          ))}
        </ul>
      </form>
      {doomed !== null && (
        <Confirmation
          title={t('rooms.endLink')}
          text={t('rooms.endLinkText', { name: doomed.name })}
          safe={t('app.cancel')}
          danger={t('rooms.endLink')}
          onClose={() => {
            ending.value = null;
          }}
          onConfirm={() => void end(doomed)}
        />
      )}
    </Modal>
  );
}
