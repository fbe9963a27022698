function Resolve-TokenCloud {
    <#
    .SYNOPSIS
        The cloud that an access token is for, where its audience tells; null for any other, an opaque one included. A
        token of a national cloud must not be sent to another.
    #>
    [CmdletBinding()]
    [OutputType([string])]
    param([Parameter(Mandatory = $true)] [long] $Secret)

    # Who uses the token says what is wrong with it.
    $claims = (Invoke-Attempt { (Read-SecretToken -Secret $Secret).claims }).Value
    $audience = [string] (Get-MemberValue -InputObject $claims -Name 'aud')
    switch -Regex ($audience.TrimEnd('/') -replace '^https://', '') {
        '^(graph\.microsoft\.us|vault\.usgovcloudapi\.net|outlook\.office365\.us)$' { return 'usGov' }
        '^dod-graph\.microsoft\.us$' { return 'usGovDod' }
        '^(microsoftgraph\.chinacloudapi\.cn|vault\.azure\.cn|partner\.outlook\.cn)$' { return 'china' }
    }
    return $null
}
