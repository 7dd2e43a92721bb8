/// An event, and where in the past it stands.
package struct PastEvent: Hashable, Sendable {
  package var place: EventPlace
  package var event: HostEvent

  package init(place: EventPlace, event: HostEvent) {
    (self.place, self.event) = (place, event)
  }
}

/// Where an event stands among all: by the sample that carries it, and in that as they were told.
package struct EventPlace: Hashable, Comparable, Sendable {
  package var at: SteadyTime
  package var number: Int

  package init(at: SteadyTime, number: Int) { (self.at, self.number) = (at, number) }

  /// Before whatever the sample of that instant carries.
  package static func before(_ at: SteadyTime) -> EventPlace { EventPlace(at: at, number: -1) }

  /// After whatever the sample of that instant carries.
  package static func after(_ at: SteadyTime) -> EventPlace { EventPlace(at: at, number: .max) }

  package static func < (a: EventPlace, b: EventPlace) -> Bool {
    (a.at, a.number) < (b.at, b.number)
  }
}
