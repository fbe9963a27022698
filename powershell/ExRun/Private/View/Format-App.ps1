function Format-App {
    <#
    .SYNOPSIS
        Which app a connection is of: by its name where the token tells it, else by its id; before it the person, if there
        is one.
    #>
    [CmdletBinding()]
    [OutputType([string])]
    param([Parameter(Mandatory = $true)] [psobject] $Context)

    $app = Get-MemberValue -InputObject $Context -Name 'AppName', 'ClientId'
    $account = Get-MemberValue -InputObject $Context -Name 'Account'
    if ($null -ne $account) { $app = '{0} by {1}' -f $account, $app }
    return Format-OneLine -Value $app -Most 36
}
