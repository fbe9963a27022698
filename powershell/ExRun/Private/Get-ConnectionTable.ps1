function Get-ConnectionTable {
    <#
    .SYNOPSIS
        The connections of this process by name; every runspace sees the same ones.
    #>
    [CmdletBinding()]
    [OutputType([hashtable])]
    param()

    $table = [System.AppDomain]::CurrentDomain.GetData('ExRun.Connections')
    if ($null -eq $table) {
        $table = [hashtable]::Synchronized(@{})
        [System.AppDomain]::CurrentDomain.SetData('ExRun.Connections', $table)
    }
    return $table
}
