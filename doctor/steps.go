package doctor

// facts is what the steps have found, topic by topic.
type facts struct {
	reachFacts
	secureFacts
	loginFacts
	dataFacts
	listFacts
	fileFacts
	failFacts
}

// steps are what an examination looks at, in this order.
var steps = []step{
	{"name", outside, resolve},
	{"connect", resolved, connect},
	{"greeting", reached, greet},
	{"tls", greeted, secure},
	{"certificate", greeted, certify},
	{"login", trusted, login},
	{"epsv", admitted, useEPSV},
	{"pasv", admitted, usePASV},
	{"eprt", admitted, useEPRT},
	{"port", admitted, usePORT},
	{"list", moving, readText},
	{"mlsd", moving, readFacts},
	{"names", moving, readNames},
	{"times", moving, readTimes},
	{"file", moving, look},
	{"size", moving, measure},
	{"download", moving, fetch},
	{"resume", moving, resume},
	{"upload", moving, store},
	{"clock", moving, tellClock},
	{"last failure", admitted, repeat},
}
