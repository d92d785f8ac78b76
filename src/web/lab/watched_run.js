// @ts-check
// A run of an experiment under the eyes of the server: what the browser reports, what really happened, the objects of
// the feed, and the capture. Each run has a feed of its own, so that packets count from 1 and the capture holds no other.

import { run } from "../common/experiment_run.js";
import { language } from "../common/words.js";
import { LiveFeed } from "../inspect/feed.js";

/** How long the feed may take to tell of the last packets. */
const PATIENCE_MS = 2_000;
const BETWEEN_LOOKS_MS = 50;

/**
 * Runs an experiment; calls `show` as `run` does. Where the server watches no more, there are no objects and no capture.
 * @param {any} experiment
 * @param {(seen: any) => void} show
 * @returns {Promise<{ connections: any[], objects: Feed.Thing[], capture: Blob | null }>}
 */
export async function watchedRun(experiment, show) {
  /** @type {any[]} */
  const objects = [];
  const { feed, isWatched } = await subscribed((object) => objects.push(object));
  const seen = await run(experiment, show, isWatched ? { inspect: feed.key } : {});
  if (!isWatched) return { ...seen, objects: [], capture: null };
  await allTold(objects);
  const capture = await save(feed);
  feed.end();
  return { ...seen, objects, capture };
}

/**
 * A feed, and whether it came; one that does not come is given up.
 * @param {(object: Feed.Thing | Feed.News) => void} receive
 * @returns {Promise<{ feed: LiveFeed, isWatched: boolean }>}
 */
function subscribed(receive) {
  return new Promise((done) => {
    const lost = () => {
      feed.end();
      done({ feed, isWatched: false });
    };
    const feed = new LiveFeed({ receive, lost, back: () => {} });
    feed.ready.then(() => done({ feed, isWatched: true }));
  });
}

/** Waits until each connection has ended in the feed, too. */
async function allTold(objects) {
  const count = (wanted) => new Set(objects.filter(({ type }) => type === wanted).map(({ stream }) => stream)).size;
  const until = performance.now() + PATIENCE_MS;
  while (performance.now() < until && (count("connection") === 0 || count("close") < count("connection"))) {
    await new Promise((done) => { setTimeout(done, BETWEEN_LOOKS_MS); });
  }
}

/** @param {LiveFeed} feed @returns {Promise<Blob | null>} */
async function save(feed) {
  try {
    const answer = await fetch(feed.saved(`wirewalk.pcapng`, language()), { cache: "no-store" });
    return answer.ok ? await answer.blob() : null;
  } catch {
    return null;
  }
}
