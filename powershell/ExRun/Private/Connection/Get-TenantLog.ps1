function Get-TenantLog {
    <#
    .SYNOPSIS
        Whose tenant each name of a connection was last in this process, and how that came about.
    #>
    [CmdletBinding()]
    [OutputType([hashtable])]
    param()

    return Get-ProcessValue -Name 'ExRun.TenantsOfNames' -Create { [hashtable]::Synchronized(@{}) }
}
