/// What the guard and the advisor say of a domain, on its page.
struct PageAdvice {
  let view: PageView
  func lines() -> [StyledLine] { [] }
}
