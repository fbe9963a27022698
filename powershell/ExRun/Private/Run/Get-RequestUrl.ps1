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
    $graph = 'graph.microsoft.com'
    $path = [string] $Bound['Path']
    $name = '{mailbox}'
    try {
        if (-not ($Bound['AccessToken'] -or $Bound['CertFileName'] -or $Bound['Certificate'])) {
            $session = Get-Connection -Cmdlet $Cmdlet -Name $Bound['Connection']
            $cloud = if ($null -ne $session) { $session.Cloud }
            if ($cloud -is [System.Collections.IDictionary]) { $graph = $cloud['graphHost'] } elseif ($cloud -and $hosts[$cloud]) { $graph = $hosts[$cloud] }
        }
        $first = $Mailbox | Microsoft.PowerShell.Core\Where-Object { $null -ne $_ } | Microsoft.PowerShell.Utility\Select-Object -First 1
        if ($null -ne $first) {
            $given = (Get-MailboxIdentity -Mailbox $first).Name
            if ($given) { $name = ([string] $given).Trim() }
            if ($InputScript.Contains('@path')) {
                $path = [string] (Invoke-InputScript -Run ([pscustomobject] @{ Cmdlet = $Cmdlet; InputScript = $InputScript }) -Member '@path' -Mailbox $first)[0]
            }
        } elseif ($InputScript.Contains('@path')) {
            $path = '{path}'
        }
    } catch {
        # Whoever is only told what would be sent is told so much; the run itself says what is wrong.
        Remove-CaughtError -Exception $_.Exception
    }
    $separator = if ($path -eq '' -or $path.StartsWith('?')) { '' } else { '/' }
    $others = if ($Mailbox.Count -gt 1) { ', and likewise for {0} more' -f ($Mailbox.Count - 1) } else { '' }
    # As the library asks for it: a name that begins with $ stands in brackets.
    $user = if ($name.StartsWith('$')) { "users('{0}')" -f $name.Replace("'", "''") } else { 'users/{0}' -f $name }
    return 'https://{0}/v1.0/{1}{2}{3}{4}' -f $graph, $user, $separator, $path, $others
}
