import { useEffect, useRef } from 'preact/hooks';
import { t } from '../i18n';
import { useScope } from './context';
import { Icon } from './icon';
import { tileKey } from './model/tiles';
import { Stage } from './stage';
import { OwnTile, Tile } from './tile';

function PageButton({ by }: { readonly by: 1 | -1 }) {
  const { view } = useScope();
  const { page, pages } = view.tiles.value;
  const label = t(by === 1 ? 'room.pageNext' : 'room.pagePrevious');
  return (
    <button
      type="button"
      class="quiet square"
      aria-label={label}
      title={`${label} (${by === 1 ? 'PgDn' : 'PgUp'})`}
      disabled={by === 1 ? page + 1 >= pages : page === 0}
      onClick={() => view.turn(by)}
    >
      <Icon name={by === 1 ? 'next' : 'previous'} />
    </button>
  );
}

/** Turns the pages of strip or grid; not there when there is one page only. */
function Pager() {
  const { view } = useScope();
  const { page, pages } = view.tiles.value;
  if (pages === 1) return null;
  return (
    <nav class="pager" aria-label={t('room.page', { page: page + 1, pages })}>
      <PageButton by={-1} />
      <span class="pager-page">
        {page + 1}/{pages}
      </span>
      <PageButton by={1} />
      <button
        type="button"
        class="quiet square"
        aria-pressed={view.cycling.value}
        aria-label={t('room.cycle')}
        title={t('room.cycle')}
        onClick={() => view.toggleCycling()}
      >
        <Icon name={view.cycling.value ? 'pause' : 'play'} />
      </button>
    </nav>
  );
}

function Strip() {
  const { view } = useScope();
  return (
    <section class="strip" aria-label={t('room.strip')}>
      <div class="strip-tiles">
        {view.tiles.value.sources.map((source) => (
          <Tile key={tileKey(source)} source={source} />
        ))}
        <OwnTile />
      </div>
      <Pager />
    </section>
  );
}

function Grid() {
  const { room, view } = useScope();
  const self = room.self.value?.member;
  return (
    <section class="grid" aria-label={t('room.grid')}>
      <div class="grid-tiles">
        {view.tiles.value.sources.map((source) =>
          source.member === self ? (
            <OwnTile key={tileKey(source)} />
          ) : (
            <Tile key={tileKey(source)} source={source} />
          ),
        )}
      </div>
      <Pager />
    </section>
  );
}

/** The area of the pictures. It measures itself; the view decides what fits. */
export function Pictures() {
  const { view } = useScope();
  const element = useRef<HTMLElement>(null);
  useEffect(() => {
    const measured = element.current;
    if (measured === null) return;
    const observer = new ResizeObserver(([entry]) => {
      if (entry === undefined) return;
      const { width, height } = entry.contentRect;
      view.area.value = { width: Math.floor(width), height: Math.floor(height) };
    });
    observer.observe(measured);
    return () => observer.disconnect();
  }, []);
  const { grid } = view.tiles.value;
  const stage = view.stage.value;
  return (
    <main
      ref={element}
      id="main"
      class="pictures"
      tabIndex={-1}
      data-layout={view.layout.value}
      data-tall={stage?.tall}
      data-outage={view.outage.value}
      style={{
        '--tile-width': `${grid.tileWidth}px`,
        '--tile-height': `${grid.tileHeight}px`,
        '--columns': String(grid.columns),
        '--stage-height': `${stage?.stageHeight ?? 0}px`,
      }}
    >
      {view.layout.value === 'stage' ? (
        <>
          <Stage />
          <Strip />
        </>
      ) : (
        <Grid />
      )}
    </main>
  );
}
