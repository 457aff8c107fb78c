package wire

// Trust is why a server's certificate is believed.
type Trust int

// The grounds, from none to the best.
const (
	Distrusted   Trust = iota
	Unverified         // it was not looked at: Options.Insecure
	AcceptedOnce       // a person has said yes, for this session
	Pinned             // a person has said yes, for good
	Verified           // a trusted issuer vouches for it, and it names the host
)

// String is the ground in words.
func (t Trust) String() string {
	return [...]string{"not trusted", "not verified", "accepted for this session", "pinned", "verified"}[t]
}
