import MemtopCore

/// What happens to the screen.
package enum AppEvent: Sendable {
  case snapshot(Snapshot)
  /// What is known while the first sample takes long: it is shown, and nothing else is done with it.
  case preview(Snapshot)
  /// The answer to `Effect.readForChange`: a snapshot taken after it, and what the guard asks beside
  /// of each domain named there.
  case readForChange(Snapshot, [DomainID: GuardFacts])
  case key(Key)
  /// The time; several a second, or one: the screen needs no more than that.
  case tick(SteadyTime)
  case resized(ScreenSize)
  /// How the change of `Effect.apply` goes; the last one says that it is finished.
  case changeProgress(ChangeProgress)
  /// Recording has begun, ended, or ended by itself.
  case recording(RecordingStatus)
  /// A recording is opened: to be shown from this time on, or from its beginning, played or
  /// paused; where it is followed and no time is said, at its newest sample.
  case opened(at: TypedTime?, speed: PlaySpeed?)
  /// Something to be read once, on the line for messages.
  case remark(String)
  /// The recording that is shown has become longer.
  case grew
  /// Samples do not come, and why; nil when they come again.
  case sourceProblem(String?)
}

/// What the screen wants done; the executable does it, and nothing else does.
package enum Effect: Hashable, Sendable {
  case quit
  case suspend
  /// Forget what the terminal shows and draw everything.
  case redraw
  /// Throw away what was typed ahead.
  case flushInput
  case setInterval(Span)
  /// Begin to record, or end it; `AppEvent.recording` answers.
  case toggleRecording
  /// Add a note to the next sample; of the host where no domain is named.
  ///
  /// - Parameter name: what the domain was called when the note was begun; it may have ended since.
  case note(text: String, domain: DomainID?, name: String? = nil)
  /// Hand these domains to the regulator, or take them back.
  case regulate([DomainID], isOn: Bool)
  /// Take a sample now, with the guard's facts for these domains; `AppEvent.readForChange` answers.
  case readForChange([DomainID])
  /// Set these targets as one batch, each with the verdict that was agreed to;
  /// `AppEvent.changeProgress` reports.
  case apply([Review.Row])
  /// A review shows that the guard stops orders, one rule for each.
  case refused([GuardRule])
}

/// Whether what the screen samples is being recorded.
package enum RecordingStatus: Hashable, Sendable {
  case off
  /// Into this file, since then by the host's steady clock.
  ///
  /// - Parameter trouble: why samples cannot be written now; nil where they can.
  case on(file: String, since: SteadyTime, trouble: String? = nil)
  /// It was ended, and what it has taken is still being written.
  case ending(file: String, since: SteadyTime)
  /// It ended by itself; one line why.
  case stopped(why: String)

  package var isOn: Bool {
    if case .on = self { true } else { false }
  }
}

/// Where the snapshots on the screen come from.
package enum ScreenSource: Hashable, Sendable {
  case host
  /// A recording, by the name of its file.
  ///
  /// - Parameter follows: somebody is writing it, and its newest sample may be stayed on.
  case recording(name: String, follows: Bool)
}
