package trace

// The faults.
const (
	NotConnected       Fault = "not connected"
	NotLoggedIn        Fault = "not logged in"
	NoSuchHost         Fault = "no such host"
	ConnectRefused     Fault = "connection refused"
	ConnectFailed      Fault = "no connection"
	ProxyFailed        Fault = "no connection through the proxy"
	SourceUnusable     Fault = "source address unusable"
	NoAnswer           Fault = "no answer"
	NotFTP             Fault = "not FTP"
	SSHServer          Fault = "an SSH server"
	WebServer          Fault = "a web server"
	ConnectionLost     Fault = "connection lost"
	LoginNeedsClear    Fault = "password in clear"
	TLSRefused         Fault = "TLS refused"
	TLSFailed          Fault = "TLS failed"
	NotTLS             Fault = "not TLS"
	CertificateName    Fault = "certificate of another name"
	CertificateExpired Fault = "certificate expired"
	CertificateUnknown Fault = "certificate unknown"
	DataActive         Fault = "no data connection, active"
	DataTimeout        Fault = "no data connection, no answer"
	DataFailed         Fault = "no data connection"
	OutcomeUnknown     Fault = "outcome unknown"
)

// faults explains what no reply tells of.
var faults = []entry{
	{fault: NotConnected, means: "There is no connection to a server.",
		next: []Step{{"open HOST", ""}}},
	{fault: NotLoggedIn, means: "The server does not know who you are.",
		next: []Step{{"user NAME", ""}}},
	{fault: NoSuchHost, means: "No machine of that name is known, so no connection was tried.",
		likely: []string{"a typing error", "the name is known inside another network only", "this machine's DNS does not work"},
		next:   []Step{{"", "check the host name and the port (open HOST PORT)"}}},
	{fault: ConnectRefused, means: "The machine answers, and no server listens on that port.",
		likely: []string{"the server is not running", "it listens on another port", "a firewall answers in its place"},
		next:   []Step{{"", "check the host name and the port (open HOST PORT)"}}},
	{fault: ConnectFailed, means: "The machine cannot be reached from here.",
		likely: []string{"the network is down, here or there", "there is no way to that address"},
		next:   []Step{{"", "check the host name and the port (open HOST PORT)"}}},
	{fault: ProxyFailed, means: "The proxy cannot be reached, or does not pass the connection on.",
		likely: []string{"its address is wrong", "it wants a user and a password", "its rules forbid the port"},
		next:   []Step{{"set proxy", "shows and changes it"}}},
	{fault: SourceUnusable, means: "Connections were to come from an address that this machine does not have.",
		next: []Step{{"", "--bind takes an address of this machine"}}},
	{fault: NoAnswer, means: "Nothing came back for as long as the timeout allows.",
		likely: []string{"a firewall drops what is sent", "the server is overloaded", "the port belongs to something else"},
		next:   []Step{{"set timeout 2m", "waits longer"}, {"debug 2", "shows where it stops"}}},
	{fault: NotFTP, means: "What the server sent is no FTP, so the connection was closed.",
		likely: []string{"another service has this port, SSH or HTTP", "the server begins with TLS", "a device on the way changes the conversation"},
		next:   []Step{{"debug 2", "shows what the server sends"}, {"open --tls=implicit {host}", "is for servers that begin with TLS"}}},
	{fault: SSHServer, means: "That is an SSH server. SFTP, which it may speak, is another protocol than FTP.",
		next: []Step{{"", "that is an SSH server, which sftp can talk to; FTP is on another port"}}},
	{fault: WebServer, means: "That is a web server.",
		next: []Step{{"", "that is a web server; FTP is on another port"}}},
	{fault: ConnectionLost, means: "The connection to the server is gone. The next command opens it again, in the same directory.",
		likely: []string{"the server closed it", "a firewall forgot it while nothing was sent", "the network failed"},
		next:   []Step{{"reopen", "connects again now"}, {"set keepalive 60", "sends something now and then"}}},
	{fault: LoginNeedsClear, means: "The password would have gone out for everybody on the way to read, so it was not sent.",
		likely: []string{"the server does not offer TLS", "a device on the way takes the offer out"},
		next:   []Step{{"open --tls=never {host}", "sends it in clear; set -s {host} allow-clear on remembers that for the site"}}},
	{fault: TLSRefused, means: "Encryption was wanted, and the server refuses it. Nothing secret was sent.",
		likely: []string{"TLS is not set up there", "it encrypts from the first byte only, on port 990"},
		next:   []Step{{"", "--tls=auto or --tls=never does without TLS, where that is good enough"}, {"open --tls=implicit {host}", "is for servers that begin with TLS"}}},
	{fault: TLSFailed, means: "The TLS handshake failed: the two sides could not agree, or something cut in.",
		likely: []string{"the server knows only versions that are no longer safe", "it begins with TLS and was not asked to, or the reverse", "a device on the way looks into connections"},
		next:   []Step{{"debug 3", "shows the handshake; --tls=implicit is for servers that begin with TLS"}}},
	{fault: NotTLS, means: "TLS was begun, and the server answered in clear.",
		likely: []string{"this port does not begin with TLS"},
		next:   []Step{{"", "this port does not begin with TLS; --tls=require asks for it there, and --tls=implicit is for port 990"}}},
	{fault: CertificateName, means: "The certificate is for another name than the one that you typed.",
		likely: []string{"the server has several names", "you have reached another server than you meant"},
		next:   []Step{{"", "connect by the name in the certificate; --insecure takes any certificate"}}},
	{fault: CertificateExpired, means: "The certificate is not valid at this time.",
		likely: []string{"it was not renewed", "the clock of this machine is wrong"},
		next:   []Step{{"", "tell the server's administrator; on a terminal it can be looked at and accepted"}}},
	{fault: CertificateUnknown, means: "Nobody whom this machine trusts vouches for the certificate.",
		likely: []string{"the server made it itself", "it is signed inside a company", "somebody sits between you and the server"},
		next:   []Step{{"", "on a terminal it can be looked at and accepted; --ca FILE trusts its issuer; --insecure takes any certificate"}}},
	{fault: DataActive, means: "The server did not manage to connect to this machine for the data.",
		likely: []string{"a router or firewall stands before this machine", "it was told an address that it cannot reach"},
		next:   []Step{{"passive on", "lets us connect: in active mode the server must be able to reach this machine"}}},
	{fault: DataTimeout, means: "The server named a port for the data, and nothing answers there.",
		likely: []string{"a firewall drops the server's data ports", "the server named a port that is not its own"},
		next:   []Step{{"passive off", "lets the server connect instead; a firewall may drop its data ports"}, {"diagnose", "tries every way and says which works"}}},
	{fault: DataFailed, means: "The data connection could not be opened, or broke off.",
		likely: []string{"a firewall refuses the server's data ports", "TLS failed on it", "the network failed"},
		next:   []Step{{"epsv off", "tries PASV; passive off lets the server connect instead"}, {"diagnose", "tries every way and says which works"}}},
	{fault: OutcomeUnknown, means: "The command was sent and its reply never came, so nobody knows whether it was done.",
		next: []Step{{"ls -l {dir}", "shows how it is now"}}},
}
