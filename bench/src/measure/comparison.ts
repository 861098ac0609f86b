import type { ContenderName } from '../contenders/contender.js';
import type { SdkName } from '../worker/bundleWorker.js';
import type { Measurement, Task } from '../worker/protocol.js';

/** Contenders with the same task, beside one another; the first one is what the others are compared with. */
export interface Comparison {
  section: string;
  title: string;
  task: Omit<Task, 'contender'>;
  contenders: readonly ContenderName[];
  sdk: SdkName;
  /** What is compared. */
  metric: keyof Measurement;
  /** What else is shown of the same runs, each as a comparison of its own. */
  further?: readonly { title: string; metric: keyof Measurement; goal?: number }[];
  /** One of many that are alike: half as many rounds for each. */
  isOneOfMany?: boolean;
  /** In fresh processes, of which only the first run counts, instead of one that has run often. */
  cold?: { rounds: number };
  /** What a contender of ours (`ours` itself, by default) is to reach at most, in proportion to the first one. */
  goal?: number;
  judged?: ContenderName;
  /** The one that is judged, compared with another one than the first, too. */
  beside?: { section: string; contender: ContenderName; goal: number };
}

export interface ContenderResult {
  contender: ContenderName;
  measurements: Measurement[];
}

export interface ComparisonResult {
  comparison: Comparison;
  results: ContenderResult[];
}
