/// One domain at one instant, with what was concluded about it.
///
/// What was concluded is shared between samples until it is changed: a thousand domains are sampled
/// each second, and most are found as they were. Only how old the report is, is each sample's own.
@dynamicMemberLookup
public struct DomainSample: Sendable {
  /// What was concluded.
  public struct Findings: Sendable {
    /// Its domid and uuid, and its host where several are shown together.
    public var id: DomainID
    /// Its name, and what else seldom changes.
    public var facts: DomainFacts
    /// PV, HVM or PVH.
    public var kind: DomainKind
    /// What Xen says it is doing (`xc_domaininfo_t.flags`).
    public var life: DomainLife
    /// What it is doing, concluded from `life`, xenstore, its reports and its balloon.
    public var state: DomainState
    /// What it holds now (`xc_domaininfo_t.tot_pages`), without `overhead`.
    public var allocation: Bytes
    /// The most that Xen lets it hold (`xc_domaininfo_t.max_pages`); nil is unlimited.
    public var limit: Bytes?
    /// Claimed for it while it is being built, and not allocated yet
    /// (`xc_domaininfo_t.outstanding_pages`); else zero.
    public var claim: Bytes
    /// What Xen holds for its page tables beside its allocation; nil where unknown. Not recorded.
    public var overhead: Bytes?
    /// `memory/target`: without videoram. nil where xenstore has none (often dom0).
    public var target: Bytes?
    /// The largest `size` while it runs: `memory/hotplug-max` (Qubes), else `memory/static-max`.
    /// Of a dom0 whose target was never set it is Xen's limit. nil where there is neither, or only Xen's
    /// "no limit".
    public var staticMax: Bytes?
    /// `memory/dynamic-min`, the lowest target that squeezed sets: without videoram. nil where
    /// xenstore has none.
    public var dynamicMin: Bytes?
    /// `memory/dynamic-max`, the highest such target. nil where xenstore has none.
    public var dynamicMax: Bytes?
    /// `memory/videoram`, which `target` does not include. Zero where xenstore has none.
    public var videoram: Bytes
    /// What it has left to populate on demand; nil where nothing is known of that. Not recorded.
    public var populateOnDemand: PopulateOnDemand?
    /// Whether its allocation is where the target puts it, and what is known of its balloon driver.
    public var balloon: BalloonState
    /// The guest keeps a target of its own: it says so (`memory/selftarget`), or it was seen to move
    /// its balloon with nobody having changed its target.
    public var selfBallooning: Bool
    /// squeezed has given it up. Not recorded.
    package var isUncooperative = false
    /// What it has in the place of the operator's dynamic range. Not recorded.
    package var keptRange: KeptRange?
    /// nil where nothing tells what a XAPI agent's figure means. Not recorded.
    package var xapiFree: XAPIFreeFinding?
    /// The last change by any memtop; nil where there was none. Not recorded.
    var lastChange: ChangeMark?
    /// nil where the domain has no `memory/memtop-regulation`. Not recorded.
    public var regulation: Regulation?

    /// The last readable report, fresh or not; without its figures where they are not believed.
    public var report: GuestReport? {
      get { keptReport?.report }
      set { keptReport = newValue.map { KeptReport($0) } }
    }
    var keptReport: KeptReport?
    /// Whether its report can be acted on, and if not, why.
    public var health: ReportHealth

    /// Allocation when the report arrived − available; docs/decisions/reports.md has each dialect.
    public var busy: Bytes?
    /// What its programs could still take without swapping, by its last report; never more than it
    /// held when that arrived. nil where unknown.
    public var available: Bytes?
    /// Disk cache that the kernel can drop: never more than is available beside what is free.
    public var cache: Bytes?
    /// Swap in use, by its last report, zram devices included. nil where unknown.
    public var swapUsed: Bytes?
    /// Bytes swapped in a second, between the last two reports.
    public var swapInRate: Bytes?
    /// Bytes swapped out a second, between the last two reports. nil where unknown.
    public var swapOutRate: Bytes?
    /// nil where the guest has neither zram nor zswap, or does not say. Not recorded.
    public var compressedIn: CompressedSwap?
    /// How hard it is pressed for memory. nil where no report tells.
    public var pressure: Pressure?
    /// The domid of the guest whose device model it runs; nil where it is no stub domain.
    public var deviceModelOf: UInt16?
    /// The domid of the stub domain that runs its device model.
    public var deviceModel: UInt16?

    /// Another number each time that the domain was judged anew: samples of one domain and one observer
    /// with the same revision differ in nothing but how old their report is. 0 promises nothing.
    package var revision: UInt64 = 0
  }

  @usableFromInline
  final class Shared: Sendable {
    @usableFromInline let findings: Findings
    /// Its overall status (`Condition.word`).
    let word: Condition.Word
    @usableFromInline
    init(_ findings: consuming Findings) {
      findings.keepBelieved()
      self.findings = consume findings
      word = Condition(self.findings).word
    }
  }

  @usableFromInline var shared: Shared
  /// Since the report was written; nil where unknown.
  public var reportAge: Span?
  /// The SIZE that the advisor would set; nil where it has nothing to say, or was not asked
  /// (`Snapshot.advise`). Not recorded.
  public var advised: Bytes?

  init(_ findings: consuming Findings, reportAge: Span?) {
    shared = Shared(consume findings)
    self.reportAge = reportAge
  }

  /// A finding; inlined, so that it costs no look at a key path.
  @inlinable
  public subscript<Value>(dynamicMember path: WritableKeyPath<Findings, Value>) -> Value {
    get { shared.findings[keyPath: path] }
    set {
      var findings = shared.findings
      findings[keyPath: path] = newValue
      shared = Shared(findings)
    }
  }

  package init(
    id: DomainID, facts: DomainFacts, kind: DomainKind = .pv, life: DomainLife = .running,
    state: DomainState = .running, allocation: Bytes, limit: Bytes? = nil, claim: Bytes = .zero,
    overhead: Bytes? = nil, target: Bytes? = nil, staticMax: Bytes? = nil, dynamicMin: Bytes? = nil,
    dynamicMax: Bytes? = nil, videoram: Bytes = .zero, balloon: BalloonState = BalloonState(),
    selfBallooning: Bool = false, report: GuestReport? = nil, health: ReportHealth = .silent,
    reportAge: Span? = nil, busy: Bytes? = nil, available: Bytes? = nil, cache: Bytes? = nil,
    swapUsed: Bytes? = nil, swapInRate: Bytes? = nil, swapOutRate: Bytes? = nil,
    pressure: Pressure? = nil, regulation: Regulation? = nil,
    populateOnDemand: PopulateOnDemand? = nil
  ) {
    self.init(
      Findings(
        id: id, facts: facts, kind: kind, life: life, state: state, allocation: allocation,
        limit: limit, claim: claim, overhead: overhead, target: target, staticMax: staticMax,
        dynamicMin: dynamicMin, dynamicMax: dynamicMax, videoram: videoram,
        populateOnDemand: populateOnDemand, balloon: balloon,
        selfBallooning: selfBallooning, regulation: regulation,
        keptReport: report.map { KeptReport($0) }, health: health,
        busy: busy, available: available, cache: cache, swapUsed: swapUsed, swapInRate: swapInRate,
        swapOutRate: swapOutRate, pressure: pressure),
      reportAge: reportAge)
  }

  /// Whether both have the same findings and advice: at most their ages differ. False promises nothing.
  package func isSame(as other: DomainSample) -> Bool {
    shared === other.shared && advised == other.advised
  }

  /// Its name, safe to print.
  public var name: String { self.facts.name }

  /// What an operator's SIZE means: `memory/target` plus videoram.
  public var size: Bytes? { self.target.map { $0 + self.videoram } }
}
