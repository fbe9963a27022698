function Get-RequestUrl {
    <#
    .SYNOPSIS
        The whole URL of a request for the question whether it may be sent: that of the first mailbox, where there is
        one, and {mailbox} in its place where the library finds them.
    #>
    [CmdletBinding()]
    [OutputType([string])]
    param(
        [Parameter(Mandatory = $true)] [System.Management.Automation.PSCmdlet] $Cmdlet,
        # The command's bound parameters.
        [Parameter(Mandatory = $true)] [System.Collections.IDictionary] $Bound,
        # The mailboxes that were given.
        [AllowEmptyCollection()] [object[]] $Mailbox = @(),
        # The script blocks of the run.
        [System.Collections.IDictionary] $InputScript = @{}
    )

    $hosts = @{ usGov = 'graph.microsoft.us'; usGovDod = 'dod-graph.microsoft.us'; china = 'microsoftgraph.chinacloudapi.cn' }
    # What the block below finds out, as far as it comes.
    $url = @{ Graph = 'graph.microsoft.com'; Path = [string] $Bound['Path']; Name = '{mailbox}' }
    # Whoever is only told what would be sent is told so much; the run itself says what is wrong.
    [void] (Invoke-Attempt {
        if (-not ($Bound['AccessToken'] -or $Bound['CertFileName'] -or $Bound['Certificate'])) {
            $session = Get-Connection -Cmdlet $Cmdlet -Name $Bound['Connection']
            $cloud = if ($null -ne $session) { $session.Cloud }
            if ($cloud -is [System.Collections.IDictionary]) { $url.Graph = $cloud['graphHost'] } elseif ($cloud -and $hosts[$cloud]) { $url.Graph = $hosts[$cloud] }
        }
        $first = $Mailbox | Microsoft.PowerShell.Core\Where-Object { $null -ne $_ } | Microsoft.PowerShell.Utility\Select-Object -First 1
        if ($null -ne $first) {
            $given = (Get-MailboxIdentity -Mailbox $first).Name
            if ($given) { $url.Name = ([string] $given).Trim() }
            if ($InputScript.Contains('@path')) {
                $url.Path = [string] (Invoke-InputScript -Run ([pscustomobject] @{ Cmdlet = $Cmdlet; InputScript = $InputScript }) -Member '@path' -Mailbox $first)[0]
            }
        } elseif ($InputScript.Contains('@path')) {
            $url.Path = '{path}'
        }
    })
    $version = if ($Bound['ApiVersion']) { $Bound['ApiVersion'].ToLowerInvariant() } else { 'v1.0' }
    $others = if ($Mailbox.Count -gt 1) { ', and likewise for {0} more' -f ($Mailbox.Count - 1) } else { '' }
    if ($Bound['OutsideMailbox']) { return 'https://{0}/{1}/{2}{3}' -f $url.Graph, $version, $url.Path.TrimStart('/'), $others }
    $separator = if ($url.Path -eq '' -or $url.Path.StartsWith('?')) { '' } else { '/' }
    # As the library asks for it: a name that begins with $ stands in brackets.
    $user = if ($url.Name.StartsWith('$')) { "users('{0}')" -f $url.Name.Replace("'", "''") } else { 'users/{0}' -f $url.Name }
    return 'https://{0}/{1}/{2}{3}{4}{5}' -f $url.Graph, $version, $user, $separator, $url.Path, $others
}
